"""The oracle for control-flow graphs: each path that a function takes is a path of its graph.

``bodies`` and ``expressions`` write a function at random, ``scene`` is the world that it calls,
``tracing`` executes it over the outcomes of its calls, ``paths`` follows what happened through the
graph that facts build, ``dominators`` says by its definition what stands on every path.
"""
