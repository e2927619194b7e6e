"""A second source of ends of support, beside the page of the project: when it is asked, and where it contradicts the page."""
