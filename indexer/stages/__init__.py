"""The stages of the pipeline: each a pure step from input artefacts to output artefacts."""
