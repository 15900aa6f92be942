using System.Reflection;
using System.Runtime.CompilerServices;
using Database;

namespace Testing;

/// <summary>A registered SQL text: a constant of a nested <c>Sql</c> class.</summary>
public sealed record SqlText(Type Owner, string Name, string Text)
{
    /// <summary>The text without its comment lines.</summary>
    public string Bare => string.Join('\n', Text.Split('\n').Where(line => !line.TrimStart().StartsWith("--", StringComparison.Ordinal)));

    /// <summary>False for pieces that other texts are made of, and for DDL.</summary>
    public bool IsStatement => Bare.TrimStart().Split(' ', '\n', '(')[0] is "select" or "insert" or "update" or "delete" or "with";

    public override string ToString() => $"{Owner.FullName}.{Name}";
}

/// <summary>Every registered SQL text of the loaded assemblies; in tests, a text that is not registered does not run.</summary>
public static class SqlTexts
{
    private static readonly Lock Reading = new();
    private static HashSet<string> known = [];

    public static IReadOnlyList<SqlText> Of(Assembly assembly) =>
    [
        .. from type in assembly.GetTypes()
           where type.Name == "Sql" && type.IsNested && type.IsAbstract && type.IsSealed
           from field in type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)
           where field.IsLiteral && field.FieldType == typeof(string)
           select new SqlText(type.DeclaringType!, field.Name, (string)field.GetRawConstantValue()!),
    ];

    // every test project that opens a database refers to this one, and none of them should have to ask for the watch
#pragma warning disable CA2255
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void Watch() => Db.Inspect = text =>
    {
        lock (Reading)
        {
            if (known.Contains(text)) return;
            known = [.. AppDomain.CurrentDomain.GetAssemblies().Where(Ours).SelectMany(Of).Select(sql => sql.Text)];
            if (!known.Contains(text))
                throw new InvalidOperationException($"This SQL text is not a constant of a nested static class Sql:\n{text}");
        }
    };

    private static bool Ours(Assembly assembly) =>
        !assembly.IsDynamic && (assembly == typeof(Db).Assembly
            || assembly.GetReferencedAssemblies().Any(name => name.Name == typeof(Db).Assembly.GetName().Name));
}
