"""A draft scheme over past claims: what each layer would have paid, who gains, who loses, which breakers would fire."""
