"""People of the catalogue: groups of faces of its titles, which people name, join and part."""
