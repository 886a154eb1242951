package dev.loopgate.cli;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;

/**
 * Signals of the operating system. The class behind them is in every JDK but not in its documented API, so the compiler
 * must not see it; without it, signals do what they do by default.
 */
final class Signals {

    private Signals() {}

    /**
     * Has a signal do this from now on, each time on a thread of its own.
     *
     * @param name without SIG: {@code HUP}, {@code TERM}, {@code INT}
     * @return whether it will; not where the process was started with the signal ignored, as by {@code nohup}
     */
    static boolean on(String name, Runnable action) {
        try {
            Class<?> signalType = Class.forName("sun.misc.Signal");
            Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
            InvocationHandler invocation = (proxy, method, arguments) -> switch (method.getName()) {
                case "handle" -> {
                    action.run();
                    yield null;
                }
                case "equals" -> arguments[0] == proxy;
                case "hashCode" -> System.identityHashCode(proxy);
                default -> "handler of SIG" + name;
            };
            Object handler =
                    Proxy.newProxyInstance(handlerType.getClassLoader(), new Class<?>[] {handlerType}, invocation);
            Object signal = signalType.getConstructor(String.class).newInstance(name);
            Object before =
                    signalType.getMethod("handle", signalType, handlerType).invoke(null, signal, handler);
            return before != null;
        } catch (ReflectiveOperationException | LinkageError unavailable) {
            return false;
        }
    }
}
