"""The command line: `yulin <area> <verb>`; with web the only place that composes areas."""
