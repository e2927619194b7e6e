"""Line roles in a running bot: made, retired, given and taken."""
