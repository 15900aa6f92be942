using Database;
using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace House.Tests;

/// <summary>The tables as the migrations make them, read by the T-SQL parser.</summary>
internal static class SchemaOfMigrations
{
    public sealed record Table(string Name, string Room, CreateTableStatement Statement)
    {
        public IEnumerable<(string Name, string Type)> Columns =>
            Statement.Definition.ColumnDefinitions.Select(column =>
                (column.ColumnIdentifier.Value, ((SqlDataTypeReference)column.DataType).SqlDataTypeOption.ToString().ToUpperInvariant()));

        public bool HasAccount => Columns.Any(column => column.Name == "AccountId");
    }

    public static IReadOnlyDictionary<string, Table> Tables { get; } = Migration.All
        .SelectMany(migration => migration.Statements
            .Select(text => TSql.Parse(text).Batches.SelectMany(batch => batch.Statements).OfType<CreateTableStatement>())
            .SelectMany(tables => tables)
            .Select(table => new Table(table.SchemaObjectName.BaseIdentifier.Value, migration.Room, table)))
        .ToDictionary(table => table.Name, StringComparer.OrdinalIgnoreCase);

    /// <summary>Every column name, as the migrations spell it.</summary>
    public static IReadOnlySet<string> Columns { get; } =
        Tables.Values.SelectMany(table => table.Columns).Select(column => column.Name).ToHashSet(StringComparer.Ordinal);

    /// <summary>Columns that hold text in every table that has one of that name.</summary>
    public static IReadOnlySet<string> TextColumns { get; } = Tables.Values
        .SelectMany(table => table.Columns)
        .GroupBy(column => column.Name, StringComparer.OrdinalIgnoreCase)
        .Where(same => same.All(column => column.Type.Contains("CHAR", StringComparison.Ordinal)))
        .Select(same => same.Key)
        .ToHashSet(StringComparer.OrdinalIgnoreCase);
}

internal static class TSql
{
    public static TSqlScript Parse(string text)
    {
        var script = (TSqlScript)new TSql150Parser(initialQuotedIdentifiers: true).Parse(new StringReader(text), out var errors);
        if (errors.Count > 0)
            throw new FormatException(string.Join("; ", errors.Select(error => $"line {error.Line}: {error.Message}")) + $"\n{text}");
        return script;
    }
}
