using System.Data;
using System.Globalization;
using System.Reflection;
using Dapper;

namespace Database;

/// <summary>How instants, days and ids travel between C# and both engines.</summary>
internal static class TypeHandlers
{
    private static readonly Lock Registering = new();
    private static readonly HashSet<Assembly> Known = [];

    internal static void Register()
    {
        lock (Registering)
        {
            if (Known.Count == 0)
            {
                SqlMapper.RemoveTypeMap(typeof(DateTimeOffset));
                SqlMapper.AddTypeHandler(new Instants());
                SqlMapper.RemoveTypeMap(typeof(DateOnly));
                SqlMapper.AddTypeHandler(new Days());
                AppDomain.CurrentDomain.AssemblyLoad += (_, loaded) => RegisterIds(loaded.LoadedAssembly);
            }

            foreach (var assembly in AppDomain.CurrentDomain.GetAssemblies()) RegisterIds(assembly);
        }
    }

    private static void RegisterIds(Assembly assembly)
    {
        var core = typeof(IId<>).Assembly;
        if (assembly.IsDynamic) return;
        if (assembly != core && !assembly.GetReferencedAssemblies().Any(name => name.Name == core.GetName().Name)) return;
        lock (Registering)
        {
            if (!Known.Add(assembly)) return;
            foreach (var type in assembly.GetTypes().Where(IsId))
                SqlMapper.AddTypeHandler(type, (SqlMapper.ITypeHandler)Activator.CreateInstance(typeof(Ids<>).MakeGenericType(type))!);
        }
    }

    private static bool IsId(Type type) => type.IsValueType && !type.IsGenericTypeDefinition && type.GetInterfaces()
        .Any(face => face.IsGenericType && face.GetGenericTypeDefinition() == typeof(IId<>));

    /// <summary>UTC with milliseconds: <c>datetime2(3)</c>, on SQLite the sortable text of the same shape.</summary>
    private sealed class Instants : SqlMapper.TypeHandler<DateTimeOffset>
    {
        private const string Format = "yyyy-MM-dd HH:mm:ss.fff";

        public override void SetValue(IDbDataParameter parameter, DateTimeOffset value)
        {
            if (parameter is Microsoft.Data.SqlClient.SqlParameter sql)
            {
                sql.SqlDbType = SqlDbType.DateTime2;
                sql.Scale = 3;
                sql.Value = Whole(value).UtcDateTime;
                return;
            }

            parameter.DbType = DbType.AnsiString;
            parameter.Value = value.UtcDateTime.ToString(Format, CultureInfo.InvariantCulture);
        }

        public override DateTimeOffset Parse(object value) => value switch
        {
            string text => new DateTimeOffset(DateTime.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal)),
            DateTime time => new DateTimeOffset(DateTime.SpecifyKind(time, DateTimeKind.Utc)),
            _ => throw new InvalidCastException($"An instant cannot be read from {value.GetType().Name}."),
        };

        // text is cut, the server would round: both keep the millisecond that has begun
        private static DateTimeOffset Whole(DateTimeOffset value) => value.AddTicks(-(value.Ticks % TimeSpan.TicksPerMillisecond));
    }

    /// <summary>A calendar day as <c>varchar(10)</c> <c>2026-11-22</c>.</summary>
    private sealed class Days : SqlMapper.TypeHandler<DateOnly>
    {
        public override void SetValue(IDbDataParameter parameter, DateOnly value)
        {
            parameter.DbType = DbType.AnsiString;
            parameter.Value = value.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        }

        public override DateOnly Parse(object value) => value is DateTime time
            ? DateOnly.FromDateTime(time)
            : DateOnly.ParseExact((string)value, "yyyy-MM-dd", CultureInfo.InvariantCulture);
    }

    /// <summary>ANSI text: a Unicode parameter against a varchar key would make SQL Server scan.</summary>
    private sealed class Ids<T> : SqlMapper.TypeHandler<T>
        where T : struct, IId<T>
    {
        public override void SetValue(IDbDataParameter parameter, T value)
        {
            parameter.DbType = DbType.AnsiString;
            parameter.Size = 30;
            parameter.Value = (object?)value.Value ?? DBNull.Value;
        }

        public override T Parse(object value) => T.From((string)value);
    }
}
