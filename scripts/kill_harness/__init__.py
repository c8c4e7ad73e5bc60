"""The parts of scripts/kill-harness: packages, servers, publishing, checking, and the ways in which a server is killed."""
