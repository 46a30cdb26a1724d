"""Rule packs as data: the language, the loader, one firm's assessment and a population's, all from one tree."""
