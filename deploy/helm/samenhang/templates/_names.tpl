{{- define "samenhang.fullname" -}}
{{- printf "%s-%s" .root.Release.Name .name | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- define "samenhang.labels" -}}
app.kubernetes.io/name: {{ .name }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/part-of: samenhang
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
samenhang.example/zone: {{ .service.zone }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version }}
{{- end -}}

{{- define "samenhang.selector" -}}
app.kubernetes.io/name: {{ .name }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
{{- end -}}

{{- define "samenhang.image" -}}
{{- $repository := printf "%s/%s" .root.Values.image.repository .name -}}
{{- if .root.Values.image.registry }}{{ $repository = printf "%s/%s" .root.Values.image.registry $repository }}{{ end -}}
{{- if .service.digest -}}
{{ $repository }}@{{ .service.digest }}
{{- else -}}
{{ $repository }}:{{ .root.Values.image.tag | default .root.Chart.AppVersion }}
{{- end -}}
{{- end -}}

{{- define "samenhang.url" -}}
{{- .service.publicUrl | default (printf "http://%s:8080" (include "samenhang.fullname" .)) -}}
{{- end -}}
