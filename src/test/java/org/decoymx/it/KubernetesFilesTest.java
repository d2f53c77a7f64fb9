package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** deploy/kubernetes is valid by the schemas of Kubernetes, and its names, labels and ports fit together. */
class KubernetesFilesTest {
    private static final Path DIR = Path.of("deploy/kubernetes");
    private static final JsonNode SCHEMAS = readSchemas();

    private final JsonNode kustomization = read("kustomization.yaml").get(0);
    private final List<JsonNode> objects = stream(kustomization.path("resources"))
            .flatMap(file -> read(file.asText()).stream())
            .toList();
    private final JsonNode pod = object("StatefulSet", "decoymx").at("/spec/template");
    private final JsonNode container = pod.at("/spec/containers/0");
    private final Map<String, Integer> ports = stream(container.path("ports"))
            .collect(Collectors.toMap(port -> port.path("name").asText(), port -> port.path("containerPort")
                    .asInt()));

    private static JsonNode readSchemas() {
        try {
            return new ObjectMapper()
                    .readTree(Path.of("src/test/resources/kubernetes/schemas.json")
                            .toFile());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<JsonNode> read(String file) {
        try {
            return new YAMLMapper()
                    .readerFor(JsonNode.class)
                    .<JsonNode>readValues(DIR.resolve(file).toFile())
                    .readAll();
        } catch (IOException e) {
            throw new IllegalStateException(file, e);
        }
    }

    private static Stream<JsonNode> stream(JsonNode array) {
        assertThat(array.isArray()).isTrue();
        return MonitoringFiles.stream(array);
    }

    private JsonNode object(String kind, String name) {
        return objects.stream()
                .filter(each -> each.path("kind").asText().equals(kind))
                .filter(each -> each.at("/metadata/name").asText().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static Set<String> findErrors(JsonNode object) {
        ObjectNode schema = SCHEMAS.deepCopy();
        schema.put(
                "$ref",
                "#/definitions/"
                        + SCHEMAS.at("/roots/" + object.path("kind").asText()).asText());
        return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V7).getSchema(schema).validate(object).stream()
                .map(ValidationMessage::getMessage)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** The texts of a field at any depth. */
    private static List<String> findAll(JsonNode node, String field) {
        List<String> values = new ArrayList<>();
        node.findValues(field).forEach(value -> values.add(value.asText()));
        return values;
    }

    @Test
    void objects_areValid() {
        assertThat(objects).hasSize(5).allSatisfy(object -> assertThat(findErrors(object))
                .as(object.path("kind").asText())
                .isEmpty());
    }

    @Test
    void schema_findsUnknownFields_wrongTypes_andMissingOnes() {
        ObjectNode wrong = object("StatefulSet", "decoymx").deepCopy();
        ((ObjectNode) wrong.at("/spec/template/spec")).put("enableServiceLink", false);
        ((ObjectNode) wrong.path("spec")).put("replicas", "one").remove("serviceName");
        assertThat(findErrors(wrong))
                .hasSize(3)
                .anyMatch(error -> error.contains("enableServiceLink"))
                .anyMatch(error -> error.contains("replicas"))
                .anyMatch(error -> error.contains("serviceName"));
    }

    @Test
    void kustomization_listsEachFile() throws IOException {
        List<String> listed = new ArrayList<>(List.of("kustomization.yaml"));
        stream(kustomization.path("resources")).map(JsonNode::asText).forEach(listed::add);
        try (Stream<Path> files = Files.list(DIR)) {
            assertThat(files.map(file -> file.getFileName().toString())).containsExactlyInAnyOrderElementsOf(listed);
        }
    }

    @Test
    void selectors_matchThePod() {
        JsonNode labels = pod.at("/metadata/labels");
        for (JsonNode selector : List.of(
                object("StatefulSet", "decoymx").at("/spec/selector/matchLabels"),
                object("Service", "decoymx").at("/spec/selector"),
                object("Service", "decoymx-smtp").at("/spec/selector"),
                object("NetworkPolicy", "decoymx").at("/spec/podSelector/matchLabels"),
                object("PodMonitor", "decoymx").at("/spec/selector/matchLabels"))) {
            assertThat(selector).isEqualTo(labels);
        }
        assertThat(labels.path(object("PodMonitor", "decoymx")
                                .at("/spec/jobLabel")
                                .asText())
                        .asText())
                .as("the job in the dashboard and the alerts")
                .isEqualTo("decoymx");
        assertThat(object("StatefulSet", "decoymx").at("/spec/serviceName").asText())
                .isEqualTo("decoymx");
    }

    /** The numbers of the ports are the defaults of the settings. */
    @Test
    void ports_areThoseOfTheContainer() throws IOException {
        assertThat(ports)
                .isEqualTo(new TreeMap<>(Map.of(
                        "smtp",
                        2525,
                        "http",
                        8080,
                        "dns-udp",
                        5335,
                        "dns-tcp",
                        5335,
                        "management",
                        9000,
                        "policy",
                        10031)));
        String exposed = Files.readString(Path.of("deploy/Containerfile"));
        assertThat(exposed).contains("EXPOSE 2525 8080 5335/udp 5335/tcp 9000");
        List<String> used = new ArrayList<>(findAll(objects.get(1), "targetPort"));
        used.addAll(findAll(objects.get(2), "targetPort"));
        used.addAll(findAll(container.path("startupProbe"), "port"));
        used.addAll(findAll(container.path("livenessProbe"), "port"));
        used.addAll(findAll(container.path("readinessProbe"), "port"));
        used.addAll(findAll(object("PodMonitor", "decoymx"), "port"));
        used.addAll(findAll(object("NetworkPolicy", "decoymx").at("/spec/ingress"), "port"));
        assertThat(Set.copyOf(used)).isEqualTo(ports.keySet());
    }

    @Test
    void volumes_exist_andOnlyTheyAreWritable() {
        List<String> volumes = new ArrayList<>();
        stream(pod.at("/spec/volumes"))
                .forEach(volume -> volumes.add(volume.path("name").asText()));
        stream(object("StatefulSet", "decoymx").at("/spec/volumeClaimTemplates"))
                .forEach(claim -> volumes.add(claim.at("/metadata/name").asText()));
        assertThat(findAll(container.path("volumeMounts"), "name")).containsExactlyInAnyOrderElementsOf(volumes);
        assertThat(findAll(container.path("volumeMounts"), "mountPath")).containsExactlyInAnyOrder("/data", "/tmp");
        assertThat(container.at("/securityContext/readOnlyRootFilesystem").asBoolean())
                .isTrue();
        assertThat(container.at("/resources/limits/memory").asText()).isEqualTo("192Mi");
        assertThat(pod.at("/spec/enableServiceLinks").asBoolean(true)).isFalse();
        assertThat(object("Service", "decoymx-smtp")
                        .at("/spec/externalTrafficPolicy")
                        .asText())
                .isEqualTo("Local");
    }

    /** A variable that is none of the decoy would be an error only at the start of the pod. */
    @Test
    void variables_areKeysOfTheDecoy() {
        List<String> variables = new ArrayList<>();
        stream(kustomization.at("/configMapGenerator/0/literals"))
                .forEach(literal -> variables.add(literal.asText().replaceFirst("=.*", "")));
        stream(container.path("env")).forEach(variable -> {
            assertThat(variable.at("/valueFrom/configMapKeyRef/name").asText())
                    .isEqualTo(kustomization.at("/configMapGenerator/0/name").asText());
            variables.add(variable.at("/valueFrom/configMapKeyRef/key").asText());
        });
        String documented = CompletedProgram.read(Path.of("docs/configuration.md"))
                .toUpperCase(Locale.ROOT)
                .replaceAll("[.-]", "_");
        assertThat(variables).hasSize(5).allSatisfy(variable -> assertThat(documented)
                .contains("| `" + variable + "`"));
    }

    /** The kustomization in docs/kubernetes.md, which an administrator copies, fits the base. */
    @Test
    void documentedKustomization_setsWhatTheBaseLeavesOut() throws IOException {
        String page = CompletedProgram.read(Path.of("docs/kubernetes.md"));
        JsonNode overlay =
                new YAMLMapper().readTree(DocumentBlocks.find(page, "yaml").get(0));
        assertThat(overlay.at("/resources/0").asText()).endsWith(DIR.toString());
        assertThat(overlay.at("/images/0/name")).isEqualTo(container.path("image"));
        JsonNode map = overlay.at("/configMapGenerator/0");
        assertThat(map.path("name")).isEqualTo(kustomization.at("/configMapGenerator/0/name"));
        assertThat(map.path("behavior").asText()).isEqualTo("merge");
        assertThat(stream(map.path("literals")).map(literal -> literal.asText().replaceFirst("=.*", "")))
                .containsExactlyElementsOf(findAll(container.path("env"), "key"));
        String namespace = overlay.path("namespace").asText();
        assertThat(page).contains("kubectl create namespace " + namespace + "\nkubectl apply -k .\n");
        assertThat(objects).as("two decoys in two namespaces").allSatisfy(object -> assertThat(
                        object.at("/metadata/namespace").isMissingNode())
                .isTrue());
        JsonNode patch =
                new YAMLMapper().readTree(DocumentBlocks.find(page, "yaml").get(1));
        assertThat(patch.at("/patches/0/target/kind").asText()).isEqualTo("PodMonitor");
    }

    /** The image fixes the heap, so a larger limit alone changes nothing. */
    @Test
    void documentedHeap_isThatOfTheContainer() {
        String page = CompletedProgram.read(Path.of("docs/kubernetes.md"));
        String options = page.replaceFirst("(?s).*`(JDK_JAVA_OPTIONS)=([^`]+)`.*", "$1=\"$2\"");
        assertThat(CompletedProgram.read(Path.of("docs/container.md"))).contains("--env " + options);
        assertThat(CompletedProgram.read(Path.of("deploy/Containerfile"))).contains("ENV JDK_JAVA_OPTIONS=");
    }
}
