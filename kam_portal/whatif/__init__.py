"""What if: from an address to levers, from levers to figures before and after, and from these to pages and files."""
