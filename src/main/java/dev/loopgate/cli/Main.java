package dev.loopgate.cli;

/** Where the process begins. */
public final class Main {

    private Main() {}

    public static void main(String[] args) {
        System.err.println("not wired yet");
    }
}
