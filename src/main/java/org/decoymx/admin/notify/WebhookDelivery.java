package org.decoymx.admin.notify;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.JdkSSLEngineOptions;
import io.vertx.core.net.SocketAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.decoymx.primary.HostAddresses;
import org.decoymx.support.PrintableText;
import org.decoymx.support.SteadyClock;

/**
 * Posts notifications to a URL. {@code Decoy-Signature: t=SECONDS,v1=HEX} has the HMAC-SHA-256 of the seconds, a dot
 * and the body. Each address of the host is tried until one answers. Redirects are not followed.
 */
final class WebhookDelivery implements Outbox.Delivery {
    static final String ID_HEADER = "Decoy-Id";
    static final String SIGNATURE_HEADER = "Decoy-Signature";
    static final Duration MAX_WAIT = Duration.ofSeconds(10);

    private static final String ALGORITHM = "HmacSHA256";
    private static final int CONNECT_TIMEOUT_SECONDS = 5;
    private static final int MAX_ADDRESSES = 8;
    private static final int MAX_REASON = 200;

    /** After this, no further address is tried. */
    private static final Duration MAX_TIME = Duration.ofSeconds(40);

    /** Request Timeout, Too Early, Too Many Requests (RFC 9110, 8470, 6585): the same may be accepted later. */
    private static final Set<Integer> TEMPORARY = Set.of(408, 425, 429);

    private final URI url;
    private final SecretKeySpec key;
    private final Vertx vertx;
    private final HostAddresses resolver;
    private final ObjectMapper json;
    private final Clock clock;
    private final Clock durations;
    private final Duration maxWait;

    /**
     * @param maxWait for an answer of each address, at least a second
     */
    WebhookDelivery(
            String url,
            String secret,
            Vertx vertx,
            HostAddresses resolver,
            ObjectMapper json,
            SteadyClock clock,
            Duration maxWait) {
        this.url = URI.create(url);
        key = new SecretKeySpec(secret.getBytes(StandardCharsets.US_ASCII), ALGORITHM);
        this.vertx = vertx;
        this.resolver = resolver;
        this.json = json;
        this.clock = clock;
        durations = clock.durations();
        this.maxWait = maxWait;
    }

    @Override
    public void deliver(Notification notification) throws DeliveryException {
        int status = postToAny(addresses(), notification.id(), notification.toJson(json));
        boolean refused = status >= 300 && status < 500 && !TEMPORARY.contains(status);
        if (status >= 300 && status < 400) {
            throw new DeliveryException(
                    "the URL answers " + status + ", a redirect, which is not followed: set decoy.notify.url", refused);
        }
        if (status < 200 || status >= 400) {
            throw new DeliveryException("the URL answers " + status, refused);
        }
    }

    private List<InetAddress> addresses() throws DeliveryException {
        String host = url.getHost().replaceAll("[\\[\\]]", "");
        try {
            return HostAddresses.alternateFamilies(resolver.resolve(host)).stream()
                    .limit(MAX_ADDRESSES)
                    .toList();
        } catch (UnknownHostException e) {
            throw new DeliveryException("the name of the host has no address", false);
        }
    }

    private int postToAny(List<InetAddress> addresses, String id, byte[] body) throws DeliveryException {
        Instant end = durations.instant().plus(MAX_TIME);
        String reason = "the host has no address";
        for (InetAddress address : addresses) {
            try {
                return post(address, id, body);
            } catch (IOException e) {
                reason = PrintableText.toAscii(address.getHostAddress() + ": " + e.getMessage(), MAX_REASON);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new DeliveryException("interrupted", false);
            }
            if (!durations.instant().isBefore(end)) {
                break;
            }
        }
        throw new DeliveryException(reason, false);
    }

    /** Returns the status. The rest of the response is not read: the connection is closed. */
    private int post(InetAddress address, String id, byte[] body) throws IOException, InterruptedException {
        HttpClient client = vertx.createHttpClient(clientOptions());
        try {
            return client.request(request(address, id, body))
                    .compose(request -> request.send(Buffer.buffer(body)))
                    .map(HttpClientResponse::statusCode)
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(maxWait.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new IOException(describe(e), e);
        } catch (TimeoutException e) {
            throw new IOException("no answer within " + maxWait.toSeconds() + " s", e);
        } finally {
            client.close();
        }
    }

    private static HttpClientOptions clientOptions() {
        return new HttpClientOptions()
                .setConnectTimeout(CONNECT_TIMEOUT_SECONDS * 1_000)
                .setSslHandshakeTimeout(CONNECT_TIMEOUT_SECONDS)
                // the check of a chain of certificates takes long, so not on an event loop
                .setSslEngineOptions(new JdkSSLEngineOptions().setUseWorkerThread(true))
                .setKeepAlive(false);
    }

    /** To this address, but with the name of the host in the request, and in the certificate. */
    private RequestOptions request(InetAddress address, String id, byte[] body) {
        long seconds = clock.instant().getEpochSecond();
        boolean tls = "https".equals(url.getScheme());
        int port = url.getPort() < 0 ? tls ? 443 : 80 : url.getPort();
        return new RequestOptions()
                .setMethod(HttpMethod.POST)
                .setAbsoluteURI(url.toString())
                .setServer(SocketAddress.inetSocketAddress(new InetSocketAddress(address, port)))
                .putHeader("Content-Type", "application/json")
                .putHeader("User-Agent", "decoymx")
                .putHeader(ID_HEADER, id)
                .putHeader(SIGNATURE_HEADER, "t=" + seconds + ",v1=" + sign(seconds, body));
    }

    private String sign(long seconds, byte[] body) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            mac.update((seconds + ".").getBytes(StandardCharsets.US_ASCII));
            return HexFormat.of().formatHex(mac.doFinal(body));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The innermost reason says most, such as that no path to a trusted certificate was found. */
    private static String describe(Throwable failure) {
        Throwable inner = failure;
        while (inner.getCause() != null) {
            inner = inner.getCause();
        }
        return inner.getMessage() == null ? inner.getClass().getSimpleName() : inner.getMessage();
    }
}
