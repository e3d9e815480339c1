"""The sequence model: shots in the context of their whole title, by masked shot modelling."""
