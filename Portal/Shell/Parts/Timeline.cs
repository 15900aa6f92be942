using Database;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace Portal.Shell.Parts;

/// <summary>
/// Steps of work in order:
/// <c>&lt;ui-timeline&gt;&lt;ui-step state="done" title="Disk created" at="…"&gt;…&lt;/ui-step&gt;&lt;/ui-timeline&gt;</c>
/// </summary>
[HtmlTargetElement("ui-timeline")]
public sealed class Timeline : TagHelper
{
    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        output.TagName = "ol";
        output.Attributes.SetAttribute("class", "timeline");
    }
}

/// <summary>One step; states: done, running, waiting, failed.</summary>
[HtmlTargetElement("ui-step")]
public sealed class Step : TagHelper
{
    public string State { get; set; } = "waiting";

    public string Title { get; set; } = "";

    public DateTimeOffset? At { get; set; }

    public override async Task ProcessAsync(TagHelperContext context, TagHelperOutput output)
    {
        var words = await output.GetChildContentAsync();
        var (icon, word) = State switch
        {
            "done" => ("check", "Done"),
            "running" => ("clock", "Under way"),
            "waiting" => ("dot", "To come"),
            "failed" => ("cross", "Failed"),
            _ => throw new ArgumentException($"A step is done, running, waiting or failed, not '{State}'."),
        };
        output.TagName = "li";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute("class", State);
        if (State == "running") output.Attributes.SetAttribute("aria-current", "step");
        var state = At is { } at ? $"{word} · {Ist.Show(at)}" : word;
        output.Content.SetHtmlContent(Markup.Of(
            $"""
            {Icons.Draw(icon)}
            <div><p class="step-title">{Title} <span class="step-state">{state}</span></p>{words}</div>
            """));
    }
}
