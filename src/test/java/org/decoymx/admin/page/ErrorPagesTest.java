package org.decoymx.admin.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.qute.Engine;
import io.quarkus.qute.ReflectionValueResolver;
import io.quarkus.qute.TemplateLocator;
import io.quarkus.qute.Variant;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Router;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Errors that nothing handles. Others are in OverviewIT. */
class ErrorPagesTest {
    private static final Path TEMPLATES = Path.of("src/main/resources/templates");

    private final Vertx vertx = Vertx.vertx();

    @AfterEach
    void stop() throws Exception {
        vertx.close().toCompletionStage().toCompletableFuture().get();
    }

    private static Optional<TemplateLocator.TemplateLocation> locate(String id) {
        return Optional.of(new TemplateLocator.TemplateLocation() {
            @Override
            public Reader read() {
                try {
                    return Files.newBufferedReader(TEMPLATES.resolve(id + ".html"));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }

            @Override
            public Optional<Variant> getVariant() {
                return Optional.of(Variant.forContentType("text/html"));
            }
        });
    }

    private HttpResponse<String> get(String accept) throws Exception {
        Engine engine = Engine.builder()
                .addDefaults()
                .addValueResolver(new ReflectionValueResolver())
                .addLocator(ErrorPagesTest::locate)
                .build();
        Router router = Router.router(vertx);
        new ErrorPages(engine.getTemplate("error")).register(router);
        router.route().handler(context -> {
            throw new IllegalStateException("<secret>");
        });
        HttpServer server = vertx.createHttpServer()
                .requestHandler(router)
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .get();
        URI uri = URI.create("http://127.0.0.1:" + server.actualPort() + "/");
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(uri).header("Accept", accept).build(),
                        HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void unexpectedError_isAPageWithoutDetails_forABrowser() throws Exception {
        HttpResponse<String> response = get("application/xhtml+xml;q=0.9,text/html,*/*;q=0.8");
        assertThat(response.statusCode()).isEqualTo(500);
        assertThat(response.headers().firstValue("Content-Type")).contains("text/html;charset=utf-8");
        assertThat(response.body())
                .contains("<h1>Internal Server Error</h1>", "its log says why")
                .doesNotContain("secret", "Exception", "at org.decoymx");
    }

    @Test
    void unexpectedError_isLeftToTheNextHandler_forOthers() throws Exception {
        HttpResponse<String> response = get("*/*");
        assertThat(response.statusCode()).isEqualTo(500);
        assertThat(response.body()).isEqualTo("Internal Server Error");
    }
}
