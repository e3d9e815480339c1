"""Labels: stores them, suggests clips to label, trains probes on them and evaluates the probes."""
