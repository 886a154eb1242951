package dev.loopgate.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;

/** Request heads as they are met. */
public enum SampleHead {
    /** What a tool sends. */
    CURL("""
            GET /v1/items?page=2 HTTP/1.1
            Host: api.localhost:62893
            User-Agent: curl/8.5.0
            Accept: */*

            """),
    /** What a browser sends for a resource of a page. */
    BROWSER("""
            GET /assets/index-4f1c2a.js?v=17 HTTP/1.1
            Host: app.localhost:62893
            Connection: keep-alive
            sec-ch-ua: "Chromium";v="130", "Not?A_Brand";v="99"
            sec-ch-ua-mobile: ?0
            sec-ch-ua-platform: "Linux"
            User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36
            Accept: */*
            Sec-Fetch-Site: same-origin
            Sec-Fetch-Mode: no-cors
            Sec-Fetch-Dest: script
            Referer: http://app.localhost:62893/
            Accept-Encoding: gzip, deflate, br, zstd
            Accept-Language: en-GB,en;q=0.9
            Cookie: session=8f14e45fceea167a5a36dedd4bea2543; theme=dark
            If-None-Match: "66e0d3f1-1b2a"

            """),
    /** What another proxy in front sends: fields for this hop, and forwarding fields that nobody vouches for. */
    PROXY("""
            GET /orders/17 HTTP/1.1
            Host: shop.localhost
            Connection: close, X-Trace
            Keep-Alive: timeout=5
            X-Trace: 9d1b
            TE: trailers
            Via: 1.1 edge
            Forwarded: for=192.0.2.60;proto=http
            X-Forwarded-For: 192.0.2.60
            X-Forwarded-Proto: https
            Accept: application/json

            """);

    private final String text;

    SampleHead(String text) {
        this.text = text.replace("\n", "\r\n");
    }

    String text() {
        return text;
    }

    ByteBuf buffer() {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        return Unpooled.directBuffer(bytes.length).writeBytes(bytes);
    }
}
