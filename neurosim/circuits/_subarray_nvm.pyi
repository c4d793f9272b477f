from typing import final

from neurosim.circuits._subarray import SubArray

class NVMArray(SubArray): ...

@final
class SequentialNVM(NVMArray): ...

@final
class ParallelNVM(NVMArray): ...
