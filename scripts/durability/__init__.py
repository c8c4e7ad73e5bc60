"""The parts of scripts/durability-trace: recording a publish under strace, reading the trace, and the rules it must keep."""
