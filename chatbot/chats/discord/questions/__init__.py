"""What people ask on Discord: acknowledged in time, limited, and answered by editing that response."""
