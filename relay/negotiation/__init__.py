"""From a browser's offer to the server's answer; pure."""
