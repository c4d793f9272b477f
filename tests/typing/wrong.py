"""Mistakes that a type checker tells before anything runs; each line marked `wrong` has one, no other has."""

import neurosim
from neurosim import circuits, crossbar, technology

design = neurosim.Design(node=22)
network = neurosim.Network([(6, 6, 12, 3, 3, 16, 0, 1)])

neurosim.Design(nod=22)  # wrong: no such parameter
neurosim.Design(node="x")  # wrong: no number
neurosim.Design(roadmap="LP")  # wrong: none of the choices
design.replace(nod=22)  # wrong
design.replace(memory=2)  # wrong
neurosim.Design.from_file("design.toml", batch=100)  # wrong
print(design.nod)  # wrong
design.node = 32  # wrong: a design is frozen
neurosim.evaluate(design, network)  # wrong: no trace
neurosim.plan(network, design)  # wrong: the other way round
neurosim.hybrid.HybridCell(significanse=4)  # wrong
crossbar.Wires(r_rows=1.0)  # wrong
adder = circuits.Adder(technology.load(22), bits=8, count=16)
adder.count = 32  # wrong: a circuit is immutable
adder.latency(1e20)  # wrong: load and number of additions are missing
print(adder.delay)  # wrong
