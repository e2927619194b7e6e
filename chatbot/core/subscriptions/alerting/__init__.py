"""What goes into an alert: whom it is about, what to upgrade to, what is shown, and what its reader knew before."""
