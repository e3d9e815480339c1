"""The parts of the page of saved searches, and the dialog that saves one."""
