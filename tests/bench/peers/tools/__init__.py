"""One module a tool, whose `PEER` is what the benchmarks run. Shapedoc is one of them, bare torch another."""
