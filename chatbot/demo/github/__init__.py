"""A GitHub on the loopback: releases, advisories, files and feeds in GitHub's own shapes."""
