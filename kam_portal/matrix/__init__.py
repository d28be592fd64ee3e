"""What the matrix shows: bubbles and what lies around them, counts and money of the boxes, and a look ahead."""
