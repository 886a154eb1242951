package dev.loopgate.bench;

/** One value of one round. */
record Reading(Measure measure, double value) {}
