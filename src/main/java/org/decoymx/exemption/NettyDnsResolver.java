package org.decoymx.exemption;

import io.netty.channel.AddressedEnvelope;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.dns.DefaultDnsQuestion;
import io.netty.handler.codec.dns.DnsQuestion;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponse;
import io.netty.handler.codec.dns.DnsResponseCode;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.DnsNameResolverChannelStrategy;
import io.netty.resolver.dns.DnsNameResolverTimeoutException;
import io.netty.resolver.dns.NoopAuthoritativeDnsServerCache;
import io.netty.resolver.dns.NoopDnsCache;
import io.netty.resolver.dns.NoopDnsCnameCache;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.Future;
import io.vertx.core.Vertx;
import io.vertx.core.impl.ContextInternal;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Queries recursive name servers: two tries, each at the next server; over TCP when the response is truncated. It uses
 * no search domains, no hosts file and no cache. Each query has its own socket and source port, which makes responses
 * hard to forge (RFC 5452). Create it only when there is something to query, because it loads many classes.
 * Thread-safe.
 */
final class NettyDnsResolver implements DnsResolver, AutoCloseable {
    private static final int MAX_TRIES = 2;

    /** Avoids IP fragmentation on practically all paths (DNS flag day 2020). */
    private static final int MAX_UDP_PAYLOAD = 1_232;

    private static final long EVENT_LOOP_MARGIN_MILLIS = 1_000;

    private final EventLoop eventLoop;
    private final NameServers servers;
    private final Duration tryTimeout;
    private final DnsNameResolver resolver;

    /**
     * @param tryTimeout timeout of each of the two tries; a query ends after at most twice that
     */
    NettyDnsResolver(Vertx vertx, NameServers servers, Duration tryTimeout) {
        eventLoop = ((ContextInternal) vertx.getOrCreateContext()).nettyEventLoop();
        this.servers = servers;
        this.tryTimeout = tryTimeout;
        boolean epoll = vertx.isNativeTransportEnabled();
        resolver = new DnsNameResolverBuilder(eventLoop)
                .datagramChannelType(epoll ? EpollDatagramChannel.class : NioDatagramChannel.class)
                .socketChannelType(epoll ? EpollSocketChannel.class : NioSocketChannel.class)
                .datagramChannelStrategy(DnsNameResolverChannelStrategy.ChannelPerResolution)
                .queryTimeoutMillis(tryTimeout.toMillis())
                .maxPayloadSize(MAX_UDP_PAYLOAD)
                .searchDomains(List.of())
                .hostsFileEntriesResolver((host, types) -> null)
                .resolveCache(NoopDnsCache.INSTANCE)
                .cnameCache(NoopDnsCnameCache.INSTANCE)
                .authoritativeDnsServerCache(NoopAuthoritativeDnsServerCache.INSTANCE)
                .build();
    }

    @Override
    public List<String> lookUpTxt(String name) throws DnsLookupException {
        return await(query(name, DnsRecordType.TXT, DnsRecordReader::readTxt));
    }

    @Override
    public List<InetAddress> lookUpAddresses(String name, boolean v6) throws DnsLookupException {
        return await(query(name, v6 ? DnsRecordType.AAAA : DnsRecordType.A, DnsRecordReader::readAddress));
    }

    @Override
    public List<String> lookUpMxHosts(String name) throws DnsLookupException {
        return await(query(name, DnsRecordType.MX, DnsRecordReader::readMxHost));
    }

    /** Looks up A records; completes, or fails with a {@link DnsLookupException}, on an event loop. */
    CompletableFuture<List<InetAddress>> queryIpv4Addresses(String name) {
        return query(name, DnsRecordType.A, DnsRecordReader::readAddress);
    }

    private <T> List<T> await(CompletableFuture<List<T>> answer) throws DnsLookupException {
        try {
            return answer.get(MAX_TRIES * tryTimeout.toMillis() + EVENT_LOOP_MARGIN_MILLIS, TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof DnsLookupException failure
                    ? failure
                    : new DnsLookupException(String.valueOf(e.getCause()));
        } catch (TimeoutException e) {
            throw new DnsLookupException("the event loop does not respond");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DnsLookupException("the decoy is stopping");
        }
    }

    private <T> CompletableFuture<List<T>> query(
            String name, DnsRecordType type, DnsRecordReader.RecordDataReader<T> reader) {
        if (!DnsName.isValid(name)) {
            return CompletableFuture.failedFuture(new DnsLookupException("'" + name + "' is not a valid DNS name"));
        }
        PendingQuery<T> pending = new PendingQuery<>(name, type, reader);
        eventLoop.execute(pending::start);
        return pending.answer;
    }

    /** A query and its tries. Runs on the event loop. */
    private final class PendingQuery<T> {
        private final String description;
        private final DnsRecordType type;
        private final String name;
        private final DnsRecordReader.RecordDataReader<T> reader;
        private final List<InetSocketAddress> queryServers = servers.current();
        private final CompletableFuture<List<T>> answer = new CompletableFuture<>();
        private int tries;

        PendingQuery(String name, DnsRecordType type, DnsRecordReader.RecordDataReader<T> reader) {
            description = type.name() + " of " + name;
            this.name = name;
            this.type = type;
            this.reader = reader;
        }

        private InetSocketAddress currentServer() {
            return queryServers.get(tries % queryServers.size());
        }

        void start() {
            Future<?> deadline = eventLoop.schedule(
                    () -> fail("no answer from " + serverText(currentServer()) + " within "
                            + MAX_TRIES * tryTimeout.toMillis() + " ms"),
                    MAX_TRIES * tryTimeout.toMillis(),
                    TimeUnit.MILLISECONDS);
            var unused = answer.whenComplete((records, failure) -> deadline.cancel(false));
            tryOnce();
        }

        private void tryOnce() {
            DnsQuestion question;
            try {
                question = new DefaultDnsQuestion(name, type);
            } catch (IllegalArgumentException e) {
                fail("not a valid DNS name");
                return;
            }
            resolver.query(currentServer(), question)
                    .addListener((Future<AddressedEnvelope<DnsResponse, InetSocketAddress>> done) -> {
                        if (done.isSuccess()) {
                            handleResponse(done.getNow());
                        } else {
                            retryOrFail(
                                    done.cause() instanceof DnsNameResolverTimeoutException
                                            ? "no answer from " + serverText(currentServer())
                                            : serverText(currentServer()) + " cannot be reached");
                        }
                    });
        }

        private void handleResponse(AddressedEnvelope<DnsResponse, InetSocketAddress> envelope) {
            DnsResponse response = envelope.content();
            try {
                DnsResponseCode code = response.code();
                if (response.isTruncated()) {
                    retryOrFail(serverText(currentServer()) + " truncates the answer, and does not send it over TCP");
                } else if (code.equals(DnsResponseCode.NOERROR)) {
                    answer.complete(DnsRecordReader.readAnswers(response, type, reader));
                } else if (code.equals(DnsResponseCode.NXDOMAIN)) {
                    answer.complete(List.of());
                } else {
                    retryOrFail(DnsRecordReader.responseCodeName(code) + " from " + serverText(currentServer()));
                }
            } catch (RuntimeException e) {
                retryOrFail("malformed answer from " + serverText(currentServer()));
            } finally {
                envelope.release();
            }
        }

        private void retryOrFail(String error) {
            tries++;
            if (tries < MAX_TRIES && !answer.isDone()) {
                tryOnce();
            } else {
                fail(error);
            }
        }

        private void fail(String error) {
            answer.completeExceptionally(new DnsLookupException(description + ": " + error));
        }
    }

    private static String serverText(InetSocketAddress server) {
        return NetUtil.toSocketAddressString(server);
    }

    @Override
    public void close() {
        resolver.close();
    }
}
