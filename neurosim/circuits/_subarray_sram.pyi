from typing import final

from neurosim.circuits._subarray import SubArray

class SRAMArray(SubArray): ...

@final
class SequentialSRAM(SRAMArray): ...

@final
class ParallelSRAM(SRAMArray): ...
