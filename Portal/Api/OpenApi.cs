using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Portal.Api;

/// <summary>What the framework cannot see in the endpoints: the token, the headers, the pages and the refusals.</summary>
internal static class OpenApi
{
    private const string Token = "token";
    private const string Problem = "Problem";

    public static Task Describe(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancelled)
    {
        document.Info = new OpenApiInfo
        {
            Title = "Portal",
            Version = "v1",
            Description = "Times are UTC (RFC 3339), amounts are whole paise, lists are paged by cursor, refusals are problem details with a stable code.",
        };
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>();
        document.Components.SecuritySchemes[Token] = new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = "bearer",
            BearerFormat = "JWT",
            Description = "An access token of the OpenID provider with the scope api.",
        };
        document.Components.Schemas ??= new Dictionary<string, IOpenApiSchema>();
        document.Components.Schemas[Problem] = ProblemSchema();
        document.Security ??= [];
        document.Security.Add(new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Token, document)] = [] });
        return Task.CompletedTask;
    }

    public static Task Describe(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancelled)
    {
        var marks = context.Description.ActionDescriptor.EndpointMetadata;
        operation.Parameters ??= [];
        if (marks.OfType<CreatesMetadata>().Any())
        {
            operation.Parameters.Add(Parameter(
                Idempotency.Header, ParameterLocation.Header, required: true, JsonSchemaType.String,
                "At most 100 printable characters. The same text with the same request creates once and gets the same answer."));
        }

        if (marks.OfType<PagedMetadata>().Any())
        {
            operation.Parameters.Add(Parameter(
                "cursor", ParameterLocation.Query, required: false, JsonSchemaType.String, "The next of the page before; left out for the first page."));
            operation.Parameters.Add(Parameter(
                "limit", ParameterLocation.Query, required: false, JsonSchemaType.Integer, $"Items a page, 1 to {PageQuery.Most}; 50 when left out."));
        }

        // an empty list of requirements: open to everybody
        if (marks.OfType<IAllowAnonymous>().Any()) operation.Security = [];
        operation.Responses ??= [];
        operation.Responses.TryAdd("default", new OpenApiResponse
        {
            Description = "A refusal: problem details (RFC 9457) with a stable code.",
            Content = new Dictionary<string, OpenApiMediaType>
            {
                ["application/problem+json"] = new() { Schema = new OpenApiSchemaReference(Problem, context.Document) },
            },
        });
        return Task.CompletedTask;
    }

    private static OpenApiParameter Parameter(string name, ParameterLocation place, bool required, JsonSchemaType type, string description) => new()
    {
        Name = name, In = place, Required = required, Description = description, Schema = new OpenApiSchema { Type = type },
    };

    private static OpenApiSchema ProblemSchema() => new()
    {
        Type = JsonSchemaType.Object,
        Required = new HashSet<string> { "status", "code" },
        Properties = new Dictionary<string, IOpenApiSchema>
        {
            ["type"] = Text("Always about:blank; code tells refusals apart."),
            ["title"] = Text("The status in words."),
            ["status"] = new OpenApiSchema { Type = JsonSchemaType.Integer, Description = "The HTTP status." },
            ["detail"] = Text("What is wrong and how to mend it, for people; may change."),
            ["code"] = Text("Stable, e.g. portal.servers.sold_out: programs decide by it."),
            ["trace"] = Text("What to quote to support."),
            ["errors"] = new OpenApiSchema
            {
                Type = JsonSchemaType.Array,
                Description = "What is wrong in each field, with 422.",
                Items = new OpenApiSchema
                {
                    Type = JsonSchemaType.Object,
                    Properties = new Dictionary<string, IOpenApiSchema>
                    {
                        ["field"] = Text("As in the request."),
                        ["code"] = Text("Stable, e.g. billing.tax.gstin_check_digit."),
                        ["message"] = Text("For people."),
                    },
                },
            },
        },
    };

    private static OpenApiSchema Text(string description) => new() { Type = JsonSchemaType.String, Description = description };
}
