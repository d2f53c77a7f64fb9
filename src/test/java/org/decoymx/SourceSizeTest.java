package org.decoymx;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;

/** No file of the program has more than 250 lines, and no method or constructor more than 40, without its comment. */
class SourceSizeTest {
    private static final int MAX_FILE_LINES = 250;
    private static final int MAX_METHOD_LINES = 40;

    @Test
    void mainFiles_haveAtMost250Lines() throws IOException {
        assertThat(mainFiles())
                .allSatisfy(file ->
                        assertThat(lineCount(file)).as("lines of %s", file).isLessThanOrEqualTo(MAX_FILE_LINES));
    }

    @Test
    void mainMethods_haveAtMost40Lines() throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
            assertThat(longMethods(files.getJavaFileObjectsFromPaths(mainFiles())))
                    .isEmpty();
        }
    }

    @Test
    void aMethod_over40Lines_isReportedWithFileAndLine() throws IOException {
        String source = "class A {\n" + method("shortest", 0) + method("longest", 40) + "/** Comment. */\n"
                + method("tooLong", 41) + "}\n";
        JavaFileObject file = new SimpleJavaFileObject(URI.create("string:///A.java"), JavaFileObject.Kind.SOURCE) {
            @Override
            public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                return source;
            }
        };
        assertThat(longMethods(List.of(file))).containsExactly("/A.java:44: tooLong has 41 lines");
    }

    /** The source of a method with a number of lines; 0 for one without a line break. */
    private static String method(String name, int lines) {
        return "void " + name + "() {" + "\n".repeat(Math.max(0, lines - 1)) + "}\n";
    }

    private static List<Path> mainFiles() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .sorted()
                    .toList();
        }
    }

    private static int lineCount(Path file) {
        try (Stream<String> lines = Files.lines(file)) {
            return (int) lines.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Parses files with the compiler, and returns the methods that are too long. */
    private static List<String> longMethods(Iterable<? extends JavaFileObject> files) throws IOException {
        JavacTask task = (JavacTask) ToolProvider.getSystemJavaCompiler().getTask(null, null, null, null, null, files);
        SourcePositions positions = Trees.instance(task).getSourcePositions();
        List<String> found = new ArrayList<>();
        for (CompilationUnitTree unit : task.parse()) {
            new TreeScanner<Void, Void>() {
                @Override
                public Void visitMethod(MethodTree method, Void unused) {
                    long first = unit.getLineMap().getLineNumber(positions.getStartPosition(unit, method));
                    long last = unit.getLineMap().getLineNumber(positions.getEndPosition(unit, method) - 1);
                    long lines = last - first + 1;
                    if (lines > MAX_METHOD_LINES) {
                        found.add(unit.getSourceFile().toUri().getPath() + ":" + first + ": " + method.getName()
                                + " has " + lines + " lines");
                    }
                    return super.visitMethod(method, null);
                }
            }.scan(unit, null);
        }
        return found;
    }
}
