package org.decoymx.dns;

import io.netty.util.NetUtil;
import io.vertx.core.Vertx;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.WireParseException;

/** A query to several name servers, one after the other, in two tries at least. */
final class ServerQuery {
    static final int MIN_TRIES = 2;

    /** Avoids IP fragmentation on practically all paths (DNS flag day 2020). */
    private static final int MAX_UDP_PAYLOAD = 1_232;

    private static final long MARGIN_MILLIS = 1_000;

    private final Vertx vertx;
    private final DnsTransport transport;
    private final Record question;
    private final List<InetSocketAddress> servers;
    private final long maxMillis;
    private final int tries;
    private final long shareMillis;

    /**
     * @param servers at least one
     * @param maxMillis a query ends after this time; each try has its share
     */
    ServerQuery(Vertx vertx, DnsTransport transport, Record question, List<InetSocketAddress> servers, long maxMillis) {
        this.vertx = vertx;
        this.transport = transport;
        this.question = question;
        this.servers = servers;
        this.maxMillis = maxMillis;
        tries = Math.max(MIN_TRIES, servers.size());
        shareMillis = Math.max(1, maxMillis / tries);
    }

    /** Completes with the first good answer, or fails with a {@link DnsLookupException} that names the last server. */
    CompletableFuture<Message> send() {
        CompletableFuture<Message> answer = sendFrom(0);
        String last = textOf(server(tries - 1));
        long deadline = vertx.setTimer(
                maxMillis,
                expired -> answer.completeExceptionally(
                        new DnsLookupException("no answer from " + last + " within " + maxMillis + " ms")));
        return answer.whenComplete((response, failure) -> vertx.cancelTimer(deadline));
    }

    private InetSocketAddress server(int attempt) {
        return servers.get(attempt % servers.size());
    }

    /** The next try begins when one fails or its share of the time is over; a slow server may still answer first. */
    private CompletableFuture<Message> sendFrom(int attempt) {
        // the deadline must end the last try, not its timeout
        long timeoutMillis = attempt == tries - 1 ? shareMillis + MARGIN_MILLIS : maxMillis / MIN_TRIES;
        CompletableFuture<Message> answer = queryServer(server(attempt), Duration.ofMillis(timeoutMillis));
        if (attempt == tries - 1) {
            return answer;
        }
        CompletableFuture<Boolean> isNextDue = new CompletableFuture<>();
        long timer = vertx.setTimer(shareMillis, expired -> isNextDue.complete(true));
        CompletableFuture<Message> next = isNextDue.thenCompose(due -> sendFrom(attempt + 1));
        CompletableFuture<Message> first = new CompletableFuture<>();
        CompletableFuture<?> ofThis = answer.whenComplete((response, failure) -> {
            vertx.cancelTimer(timer);
            if (failure == null) {
                first.complete(response);
            } else {
                isNextDue.complete(true);
            }
        });
        CompletableFuture<?> ofNext = next.thenAccept(first::complete);
        CompletableFuture<?> unused = CompletableFuture.allOf(ofThis.exceptionally(failure -> null), ofNext)
                .whenComplete((done, failure) -> {
                    if (failure != null) {
                        first.completeExceptionally(DnsClient.causeOf(failure));
                    }
                });
        return first;
    }

    private CompletableFuture<Message> queryServer(InetSocketAddress server, Duration timeout) {
        return exchange(server, timeout, false)
                .thenCompose(response -> isTruncated(response)
                        ? exchange(server, timeout, true).exceptionally(failure -> response)
                        : CompletableFuture.completedFuture(response))
                .handle((response, failure) -> {
                    String error = failure == null ? errorIn(response) : errorOf(DnsClient.causeOf(failure));
                    if (error != null) {
                        throw new CompletionException(new DnsLookupException(error.formatted(textOf(server))));
                    }
                    return response;
                });
    }

    private CompletableFuture<Message> exchange(InetSocketAddress server, Duration timeout, boolean tcp) {
        SimpleResolver resolver = new SimpleResolver(server);
        resolver.setIoClientFactory(transport);
        resolver.setTimeout(timeout);
        resolver.setEDNS(0, MAX_UDP_PAYLOAD, 0, List.of());
        resolver.setIgnoreTruncation(true);
        resolver.setTCP(tcp);
        return resolver.sendAsync(Message.newQuery(question), Runnable::run).toCompletableFuture();
    }

    private static boolean isTruncated(Message response) {
        return response.getHeader().getFlag(Flags.TC);
    }

    /** Returns null if the response answers the question; otherwise why not, with a {@code %s} for the server. */
    private static @Nullable String errorIn(Message response) {
        if (isTruncated(response)) {
            return "%s truncates the answer, and does not send it over TCP";
        }
        int code = response.getRcode();
        return code == Rcode.NOERROR || code == Rcode.NXDOMAIN ? null : Rcode.string(code) + " from %s";
    }

    /** dnsjava throws runtime exceptions for some malformed messages. */
    private static String errorOf(Throwable failure) {
        if (failure instanceof SocketTimeoutException) {
            return "no answer from %s";
        }
        return failure instanceof WireParseException || failure instanceof RuntimeException
                ? "malformed answer from %s"
                : "%s cannot be reached";
    }

    private static String textOf(InetSocketAddress server) {
        return NetUtil.toSocketAddressString(server);
    }
}
