"""Who may ask what: keys, sessions of the browser, and limits."""
