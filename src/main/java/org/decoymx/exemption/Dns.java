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
 * Asks recursive name servers: two tries, of the next server each; over TCP when the answer is too large for UDP. It
 * knows no search domains, no hosts file and no cache. Each question has a socket, and so a port, of its own, which makes
 * answers hard to forge. Made only when there is something to ask, as it brings much code with it. Any thread.
 */
final class Dns implements Lookup, AutoCloseable {
    private static final int TRIES = 2;

    /** What passes everywhere in one piece. */
    private static final int UDP_OCTETS = 1_232;

    private static final long GRACE_MILLIS = 1_000;

    private final EventLoop loop;
    private final NameServers servers;
    private final Duration patience;
    private final DnsNameResolver resolver;

    /**
     * @param patience how long each of the two tries lasts; there is an answer or a failure after twice that
     */
    Dns(Vertx vertx, NameServers servers, Duration patience) {
        loop = ((ContextInternal) vertx.getOrCreateContext()).nettyEventLoop();
        this.servers = servers;
        this.patience = patience;
        boolean epoll = vertx.isNativeTransportEnabled();
        resolver = new DnsNameResolverBuilder(loop)
                .datagramChannelType(epoll ? EpollDatagramChannel.class : NioDatagramChannel.class)
                .socketChannelType(epoll ? EpollSocketChannel.class : NioSocketChannel.class)
                .datagramChannelStrategy(DnsNameResolverChannelStrategy.ChannelPerResolution)
                .queryTimeoutMillis(patience.toMillis())
                .maxPayloadSize(UDP_OCTETS)
                .searchDomains(List.of())
                .hostsFileEntriesResolver((host, types) -> null)
                .resolveCache(NoopDnsCache.INSTANCE)
                .cnameCache(NoopDnsCnameCache.INSTANCE)
                .authoritativeDnsServerCache(NoopAuthoritativeDnsServerCache.INSTANCE)
                .build();
    }

    @Override
    public List<String> texts(String name) throws DnsFailure {
        return await(ask(name, DnsRecordType.TXT, DnsRecords::text));
    }

    @Override
    public List<InetAddress> addresses(String name, boolean v6) throws DnsFailure {
        return await(ask(name, v6 ? DnsRecordType.AAAA : DnsRecordType.A, DnsRecords::address));
    }

    @Override
    public List<String> mailHosts(String name) throws DnsFailure {
        return await(ask(name, DnsRecordType.MX, DnsRecords::mailHost));
    }

    /** The IPv4 addresses of a name; completes, or fails with a {@link DnsFailure}, on an event loop. */
    CompletableFuture<List<InetAddress>> askAddresses(String name) {
        return ask(name, DnsRecordType.A, DnsRecords::address);
    }

    private <T> List<T> await(CompletableFuture<List<T>> answer) throws DnsFailure {
        try {
            return answer.get(TRIES * patience.toMillis() + GRACE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof DnsFailure failure ? failure : new DnsFailure(String.valueOf(e.getCause()));
        } catch (TimeoutException e) {
            throw new DnsFailure("the event loop does not answer");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DnsFailure("the decoy is stopping");
        }
    }

    private <T> CompletableFuture<List<T>> ask(String name, DnsRecordType type, DnsRecords.Reader<T> reader) {
        if (!DnsName.isValid(name)) {
            return CompletableFuture.failedFuture(new DnsFailure("there can be no such name as '" + name + "'"));
        }
        Asking<T> asking = new Asking<>(name, type, reader);
        loop.execute(asking::begin);
        return asking.answer;
    }

    /** A question and its tries, on the event loop. */
    private final class Asking<T> {
        private final String what;
        private final DnsRecordType type;
        private final String name;
        private final DnsRecords.Reader<T> reader;
        private final List<InetSocketAddress> asked = servers.current();
        private final CompletableFuture<List<T>> answer = new CompletableFuture<>();
        private int tries;

        Asking(String name, DnsRecordType type, DnsRecords.Reader<T> reader) {
            what = type.name() + " of " + name;
            this.name = name;
            this.type = type;
            this.reader = reader;
        }

        private InetSocketAddress server() {
            return asked.get(tries % asked.size());
        }

        void begin() {
            Future<?> limit = loop.schedule(
                    () -> fail("no answer from " + text(server()) + " in " + TRIES * patience.toMillis() + " ms"),
                    TRIES * patience.toMillis(),
                    TimeUnit.MILLISECONDS);
            var unused = answer.whenComplete((records, failure) -> limit.cancel(false));
            tryOnce();
        }

        private void tryOnce() {
            DnsQuestion question;
            try {
                question = new DefaultDnsQuestion(name, type);
            } catch (IllegalArgumentException e) {
                fail("there can be no such name");
                return;
            }
            resolver.query(server(), question)
                    .addListener((Future<AddressedEnvelope<DnsResponse, InetSocketAddress>> done) -> {
                        if (done.isSuccess()) {
                            heard(done.getNow());
                        } else {
                            missed(
                                    done.cause() instanceof DnsNameResolverTimeoutException
                                            ? "no answer from " + text(server())
                                            : text(server()) + " cannot be reached");
                        }
                    });
        }

        private void heard(AddressedEnvelope<DnsResponse, InetSocketAddress> envelope) {
            DnsResponse response = envelope.content();
            try {
                DnsResponseCode code = response.code();
                if (response.isTruncated()) {
                    missed(text(server()) + " has a long answer, and does not give it over TCP");
                } else if (code.equals(DnsResponseCode.NOERROR)) {
                    answer.complete(DnsRecords.of(response, type, reader));
                } else if (code.equals(DnsResponseCode.NXDOMAIN)) {
                    answer.complete(List.of());
                } else {
                    missed(DnsRecords.words(code) + " from " + text(server()));
                }
            } catch (RuntimeException e) {
                missed("a malformed answer from " + text(server()));
            } finally {
                envelope.release();
            }
        }

        private void missed(String words) {
            tries++;
            if (tries < TRIES && !answer.isDone()) {
                tryOnce();
            } else {
                fail(words);
            }
        }

        private void fail(String words) {
            answer.completeExceptionally(new DnsFailure(what + ": " + words));
        }
    }

    private static String text(InetSocketAddress server) {
        return NetUtil.toSocketAddressString(server);
    }

    @Override
    public void close() {
        resolver.close();
    }
}
