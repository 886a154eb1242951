package dev.loopgate.net;

import dev.loopgate.tls.TlsIdentity;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Certificates that a test asks for itself, as a connection would: what comes of it is given back in the end. */
final class BorrowedContexts implements AfterEachCallback {

    private final List<Future<TlsContext>> borrowed = new ArrayList<>();

    Future<TlsContext> ask(TlsContexts contexts, TlsIdentity identity) {
        Future<TlsContext> one = contexts.get(identity, TlsContexts.Within.HTTP, ImmediateEventExecutor.INSTANCE);
        borrowed.add(one);
        return one;
    }

    @Override
    public void afterEach(ExtensionContext context) throws Exception {
        for (Future<TlsContext> one : borrowed) {
            if (one.await(30, TimeUnit.SECONDS) && one.isSuccess()) {
                one.getNow().release();
            }
        }
    }
}
