"""What a release needs to be whole: each thing with whether it is there."""
