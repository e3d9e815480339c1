"""Parts of the quality page: the labelling queue and the evaluation of the probes."""
