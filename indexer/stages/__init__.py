"""The stages of the pipeline: pure steps from input artefacts to output artefacts."""
