"""Guards: predicates that name what stands in the way of an act, in a handler's words.

A guard returns null if it is met, else the obstacle: the complaint quoted, the rule, what to
do next. It reads facets and never the lifecycle label. It prevents an act; it never prevents
recording one that happened outside (DESIGN 3).
"""
