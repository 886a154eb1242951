package dev.loopgate.model;

/** What a path prefix within a host leads to, and under which rules. */
public record Route(PathPrefix prefix, Target target, RouteOptions options) {}
