"""Labels: what people say of spans of titles, kept by annotator, and matched to shots."""
