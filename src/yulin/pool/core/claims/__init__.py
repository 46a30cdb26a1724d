"""The law of claims as pure functions: may one be made, do its papers agree, who has it, what is decided, who pays."""
