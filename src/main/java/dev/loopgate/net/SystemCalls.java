package dev.loopgate.net;

import com.sun.jna.LastErrorException;
import com.sun.jna.Library;
import com.sun.jna.Native;

/**
 * Of Linux's C library, what neither Java nor netty can do: see section 2 of its manual. Any use fails with a
 * {@link LinkageError} where it cannot be called, for want of a place to unpack what calls it.
 */
interface SystemCalls extends Library {

    SystemCalls C = Native.load("c", SystemCalls.class);

    int fcntl(int descriptor, int command, Object... argument) throws LastErrorException;

    /** @param path ends with a zero */
    int open(byte[] path, int flags, Object... mode) throws LastErrorException;

    int fchmod(int descriptor, int mode) throws LastErrorException;

    int close(int descriptor) throws LastErrorException;
}
