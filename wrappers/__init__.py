"""How people reach neurosim: the drop-in for the C++ program (`main`), the trainer (`wage`), studies (`study`)."""
