package org.decoymx;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.smallrye.openapi.api.SmallRyeOpenAPI;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import java.io.IOException;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.decoymx.OpenApiDocument.Operation;
import org.junit.jupiter.api.Test;

/** The OpenAPI document has each route, and no other, and an example for each response. */
class OpenApiTest {
    private static final java.nio.file.Path FEED_ROUTES =
            java.nio.file.Path.of("src/main/java/org/decoymx/feed/FeedRoutes.java");
    private static final java.nio.file.Path ACCESS_TABLE =
            java.nio.file.Path.of("src/test/java/org/decoymx/it/HttpAccessIT.java");

    /** What Quarkus answers, and {@code FeedRoutes}. */
    private static final Set<String> OTHER_ROUTES = Set.of(
            "POST /login",
            "GET /blocklist.txt",
            "GET /blocklist.txt.zst",
            "GET /feeds",
            "GET /feeds/{format}",
            "GET /feeds/changes",
            "GET /feeds/stream");

    private final OpenApiDocument document = OpenApiDocument.readSource();

    /** A method of a resource. */
    private record Resource(String method, String path, Method code) {
        @Override
        public String toString() {
            return method + " " + path;
        }
    }

    private static List<Resource> resources() {
        List<Resource> resources = new ArrayList<>();
        for (JavaClass type : new ClassFileImporter().importPath("target/classes")) {
            for (JavaMethod method : type.getMethods()) {
                Class<?> owner = type.isAnnotatedWith(Path.class) ? type.reflect() : null;
                if (owner != null && !method.isConstructor()) {
                    addResources(resources, owner, method.reflect());
                }
            }
        }
        return resources;
    }

    private static void addResources(List<Resource> resources, Class<?> owner, Method code) {
        for (Annotation annotation : code.getAnnotations()) {
            HttpMethod method = annotation.annotationType().getAnnotation(HttpMethod.class);
            if (method != null && !method.value().equals("HEAD")) {
                Path below = code.getAnnotation(Path.class);
                String path =
                        "/" + owner.getAnnotation(Path.class).value() + "/" + (below == null ? "" : below.value());
                String plain = path.replaceAll("\\{(\\w+)\\s*:[^}]*}", "{$1}").replaceAll("/+", "/");
                resources.add(
                        new Resource(method.value(), plain.length() > 1 ? plain.replaceAll("/$", "") : plain, code));
            }
        }
    }

    @Test
    void document_hasEachRoute_andNoOther() {
        Set<String> routes =
                resources().stream().map(Resource::toString).collect(Collectors.toCollection(TreeSet::new));
        routes.addAll(OTHER_ROUTES);
        assertThat(document.operations().stream()
                        .filter(operation -> !operation.isManagement())
                        .map(Operation::toString)
                        .collect(Collectors.toSet()))
                .isEqualTo(routes);
    }

    /** The routes of the feeds are not resources, so they are read from the source. */
    @Test
    void document_hasTheRoutesOfTheFeeds() throws IOException {
        String source = Files.readString(FEED_ROUTES);
        Set<String> routes = Stream.concat(
                        matches(source, "register\\(router, \"([^\"]+)\""),
                        matches(source, "case \"(\\w+)\"").map(name -> "/feeds/" + name))
                .collect(Collectors.toSet());
        assertThat(routes).contains("/blocklist.txt", "/feeds/stream");
        assertThat(OTHER_ROUTES)
                .containsAll(routes.stream().map(path -> "GET " + path).toList());
    }

    /** The table of who may do what has the same routes. */
    @Test
    void document_hasEachRowOfTheAccessTable() throws IOException {
        List<String> rows = matches(Files.readString(ACCESS_TABLE), "\"((?:GET|POST|PUT|DELETE),? /[^\",? ]*)")
                .map(row -> row.replace(",", ""))
                .toList();
        assertThat(rows).hasSizeGreaterThan(10).allSatisfy(row -> assertThat(document.operations())
                .anySatisfy(operation ->
                        assertThat(row).matches(operation.toString().replaceAll("\\{[^}]*}", ".+") + "/?")));
    }

    private static Stream<String> matches(String text, String regex) {
        return Pattern.compile(regex).matcher(text).results().map(match -> match.group(1));
    }

    @Test
    void resource_hasItsQueryParameters() {
        for (Resource resource : resources()) {
            Set<String> expected = Arrays.stream(resource.code().getParameters())
                    .map(OpenApiTest::queryParameter)
                    .filter(name -> !name.isEmpty())
                    .collect(Collectors.toCollection(TreeSet::new));
            assertThat(operation(resource).parameters().stream()
                            .filter(parameter -> parameter.path("in").asText().equals("query"))
                            .map(parameter -> parameter.path("name").asText())
                            .collect(Collectors.toSet()))
                    .as(resource.toString())
                    .containsAll(expected);
        }
    }

    private static String queryParameter(Parameter parameter) {
        QueryParam query = parameter.getAnnotation(QueryParam.class);
        return query == null ? "" : query.value();
    }

    private Operation operation(Resource resource) {
        return document.operations().stream()
                .filter(operation -> operation.toString().equals(resource.toString()))
                .findFirst()
                .orElseThrow(() -> new AssertionError(resource + " is missing in " + OpenApiDocument.SOURCE));
    }

    @Test
    void operation_isDescribed() {
        Set<String> tags = OpenApiDocument.elements(document.root().path("tags"))
                .map(tag -> tag.path("name").asText())
                .collect(Collectors.toSet());
        Set<String> ids = new TreeSet<>();
        for (Operation operation : document.operations()) {
            JsonNode node = operation.node();
            assertThat(ids.add(node.path("operationId").asText()))
                    .as(operation.toString())
                    .isTrue();
            assertThat(node.path("summary").asText()).as(operation.toString()).isNotBlank();
            assertThat(OpenApiDocument.elements(node.path("tags")).map(JsonNode::asText))
                    .as(operation.toString())
                    .isNotEmpty()
                    .isSubsetOf(tags);
            assertThat(node.path("security").isArray())
                    .as("%s says who may use it", operation)
                    .isTrue();
            OpenApiDocument.elements(node.path("security"))
                    .forEach(allowed -> allowed.fieldNames().forEachRemaining(scheme -> assertThat(document.root()
                                    .path("components")
                                    .path("securitySchemes")
                                    .has(scheme))
                            .as("%s of %s", scheme, operation)
                            .isTrue()));
            assertThat(operation.path().replaceAll("\\{[^}]*}", ""))
                    .as("the path parameters of %s are named", operation)
                    .hasSize(operation.path().length()
                            - operation.parameters().stream()
                                    .filter(parameter ->
                                            parameter.path("in").asText().equals("path"))
                                    .mapToInt(parameter ->
                                            parameter.path("name").asText().length() + 2)
                                    .sum());
        }
    }

    /** Errors are problem documents, except that /q/health says with 503 what is wrong. */
    @Test
    void response_hasValidExamples() {
        for (Operation operation : document.operations()) {
            document.responses(operation).forEach((status, response) -> {
                String name = operation + " " + status;
                assertThat(response.path("description").asText()).as(name).isNotBlank();
                Set<String> types = new TreeSet<>();
                response.path("content").fieldNames().forEachRemaining(types::add);
                if (status.compareTo("400") >= 0 && !operation.isManagement()) {
                    assertThat(types).as(name).contains("application/problem+json");
                }
                response.path("content").properties().forEach(content -> {
                    assertThat(content.getValue().path("examples").size())
                            .as(name)
                            .isPositive();
                    assertValid(content.getValue(), name + " " + content.getKey());
                });
            });
            document.follow(operation.node().path("requestBody"))
                    .path("content")
                    .forEach(content -> {
                        assertThat(document.examples(content))
                                .as("body of %s", operation)
                                .isNotEmpty();
                        assertValid(content, "body of " + operation);
                    });
            operation.parameters().forEach(parameter -> assertValid(parameter, parameter + " of " + operation));
        }
    }

    private void assertValid(JsonNode node, String name) {
        document.examples(node)
                .forEach(example ->
                        assertThat(document.validate(node, example)).as(name).isEmpty());
    }

    @Test
    void references_areFound() {
        assertThat(document.references()).isNotEmpty().allSatisfy(reference -> assertThat(
                        document.root().at(reference.substring(1)).isMissingNode())
                .as(reference)
                .isFalse());
    }

    /** A comma in braces ends a value that is not quoted. */
    @Test
    void noValue_isMissing() {
        assertThat(missingValues(document.root(), "")).isEmpty();
    }

    private static List<String> missingValues(JsonNode node, String path) {
        return node.isNull()
                ? List.of(path)
                : node.properties().stream()
                        .flatMap(entry -> missingValues(entry.getValue(), path + "/" + entry.getKey()).stream())
                        .toList();
    }

    /** A library for such documents reads all of it. */
    @Test
    void document_isReadByTheLibrary() {
        var model = SmallRyeOpenAPI.builder()
                .enableAnnotationScan(false)
                .enableModelReader(false)
                .enableStandardStaticFiles(false)
                .enableStandardFilter(false)
                .withCustomStaticFile(() -> {
                    try {
                        return Files.newInputStream(OpenApiDocument.SOURCE);
                    } catch (IOException e) {
                        throw new java.io.UncheckedIOException(e);
                    }
                })
                .build()
                .model();
        assertThat(model.getPaths().getPathItems().keySet())
                .hasSameSizeAs(document.root().path("paths"));
        assertThat(model.getComponents().getSecuritySchemes()).containsOnlyKeys("bearer", "basic", "cookie");
    }
}
