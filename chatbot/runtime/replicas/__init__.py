"""One bot among several: leases, leadership, and the lock that lets one run."""
