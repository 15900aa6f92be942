using System.Collections;
using System.Reflection;
using System.Text.RegularExpressions;
using Dapper;

namespace Database;

/// <summary>Expands <c>in (@Ids)</c> into one parameter an element, in steps, so that both engines see few different texts.</summary>
internal static partial class SqlLists
{
    internal const int Most = 500;
    private static readonly int[] Steps = [1, 5, 20, 100, Most];

    internal static (string Sql, object? Args) Expand(string sql, object? args)
    {
        if (args is null || !sql.Contains("in (@", StringComparison.OrdinalIgnoreCase)) return (sql, args);
        var parameters = new DynamicParameters(args);
        var expanded = In().Replace(sql, found =>
        {
            var name = found.Groups[1].Value;
            var property = args.GetType().GetProperty(name, BindingFlags.Instance | BindingFlags.Public)
                ?? throw new ArgumentException($"The text asks for the list @{name}, which the arguments do not have.");
            if (property.GetValue(args) is not IEnumerable values || property.PropertyType == typeof(string))
                throw new ArgumentException($"@{name} stands in an 'in' list but is no list.");
            var items = values.Cast<object>().ToList();
            if (items.Count > Most) throw new ArgumentException($"The list @{name} has {items.Count} elements; at most {Most} go into one text.");
            var slots = Steps.First(step => step >= items.Count);
            for (var i = 0; i < slots; i++)
                parameters.Add($"{name}{i}", items.Count == 0 ? null : items[Math.Min(i, items.Count - 1)]);
            return $"in ({string.Join(", ", Enumerable.Range(0, slots).Select(i => $"@{name}{i}"))})";
        });
        return (expanded, Without(parameters, args, sql));
    }

    // the list itself must not reach Dapper, which would expand it in its own way
    private static DynamicParameters Without(DynamicParameters lists, object args, string sql)
    {
        var names = In().Matches(sql).Select(found => found.Groups[1].Value).ToHashSet(StringComparer.Ordinal);
        var result = new DynamicParameters();
        foreach (var property in args.GetType().GetProperties().Where(property => !names.Contains(property.Name)))
            result.Add(property.Name, property.GetValue(args));
        foreach (var name in lists.ParameterNames) result.Add(name, lists.Get<object?>(name));
        return result;
    }

    [GeneratedRegex(@"in \(@(\w+)\)", RegexOptions.IgnoreCase)]
    private static partial Regex In();
}
