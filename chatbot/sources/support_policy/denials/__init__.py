"""What takes back a promise of support: sentences, remarks, headings, or the page itself."""
