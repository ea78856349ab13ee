"""Score free-text answers against rubrics: key points hit, partly hit or missed, each with its evidence."""
